"""The command line. One file per command; ``main`` lists them."""
