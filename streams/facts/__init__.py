"""What is known about a request: declared by the gateway, and read from its content."""
