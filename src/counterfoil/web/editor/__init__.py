"""What the layout editor asks of the server: what it starts with, pictures, and to be saved."""
