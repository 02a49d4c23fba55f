"""What holds for every request and response: headers, hosts, methods, sizes, languages, queries. Not what a page shows."""
