"""`python -m benchmarks [edge] [lists] [dispatch] [soap]`: the parts that are named, or all of them."""

import asyncio
import sys

from benchmarks import dispatch, edge, lists, soap

PARTS = {"edge": edge.main, "lists": lists.main, "dispatch": dispatch.main, "soap": soap.main}

named = sys.argv[1:] or list(PARTS)
if unknown := set(named) - PARTS.keys():
    sys.exit(f"benchmarks: {', '.join(sorted(unknown))}: there are {', '.join(PARTS)}")
for part in named:
    asyncio.run(PARTS[part]())
