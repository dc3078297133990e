"""What is typed about the register, one module for each kind of page."""
