"""What several pages share: cells for shops, runs, times and states; grids, sorting and paging. Not what one page says."""
