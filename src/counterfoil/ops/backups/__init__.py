"""What a backup is: a manifest, a copy of the database, and all stored files."""
