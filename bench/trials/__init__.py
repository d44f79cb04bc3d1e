"""What `make torture` puts the server through, a module each. A trial gives its findings: what was asked, what was
seen, and whether that is as it must be."""
