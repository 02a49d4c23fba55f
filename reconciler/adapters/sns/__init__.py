"""Amazon SNS over HTTP: signing certificates, and a post as SNS sends it. Verification is in `ipn/verify`."""
