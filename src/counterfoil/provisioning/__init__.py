"""Implements `counterfoil apply`: read a declaration, report all problems, apply it.

``schema.json`` is the format. ``reading`` checks a file against it, ``references`` checks that its
names fit together. ``rows`` adds and changes single rows; one module for each part of the domain
says which rows those are and which service writes them. It is one transaction: a file that cannot
be applied completely changes nothing.
"""
