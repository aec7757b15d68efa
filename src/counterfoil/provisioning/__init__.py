"""What `counterfoil apply` does: read a declaration, find all that is wrong with it, carry it out.

``schema.json`` is the format, ``reading`` checks a file against it and checks that its names fit
together, ``rows`` brings single rows to what is wanted, and one module for each part of the domain
says which rows those are and which service writes them. All of it happens in one transaction: a
file that cannot be carried out to the end changes nothing.
"""
