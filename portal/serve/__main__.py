"""`python -m portal.serve`."""

from __future__ import annotations

import gc

if __name__ == "__main__":
    gc.disable()  # nothing of what is loaded is garbage, and looking for it takes a fifth of a start
    from portal.serve import start

    start.main()
