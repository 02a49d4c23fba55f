"""JUnit XML: one test case for each shop, for the test reports of CI systems."""
