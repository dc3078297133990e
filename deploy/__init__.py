"""Tools around the portal: they start it, they are not part of it. Standard library only, except demo.py."""
