"""One portable archive of an installation, the same on SQLite and PostgreSQL.

A plain tar file, so that any tool can look into it:

``tables/<app>.<model>.jsonl.gz``
    every row as a JSON list, in the order of its key; the columns are named in the manifest.
``files/<folder>/…``
    uploaded media and other files that belong to the data, as they are.
``secret_key``
    only when asked for: whoever holds it can sign in as anybody.
``manifest.json``
    last, so that an archive without it is known to be cut off: format, migrations, and of each member
    the size, the SHA-256 and the number of rows.

The checksum of a table is that of its lines before packing. Two databases with the same rows give the
same checksums, whatever database it is.
"""
