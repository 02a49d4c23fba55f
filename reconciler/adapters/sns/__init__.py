"""Amazon SNS over HTTP."""
