"""What `make run` runs: `start` prepares the server and the worker beside it, and serves."""
