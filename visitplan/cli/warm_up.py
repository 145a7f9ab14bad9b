"""``visitplan warm-up``: compile the search ahead, for images and cron."""

from __future__ import annotations

from visitplan.cli.arguments import Quiet
from visitplan.cli.exits import Exit
from visitplan.cli.messages import say


def warm_up(quiet: Quiet = False) -> int:
    """Compile the search once and keep it, so that the first plan does not have to wait for it.

    It is kept in the folder that NUMBA_CACHE_DIR names, else beside the installed package, else in the
    user's cache folder. Exit codes: 0 compiled and kept, 1 it could not be kept anywhere.
    """
    from visitplan.planning import warming

    say("Compiling the search: about half a minute, unless that was done before.", quiet=quiet)
    done = warming.warm_up()
    if done.folder is None:
        say(
            "visitplan: no folder for compiled code can be written. Name one with NUMBA_CACHE_DIR; "
            "until then every run compiles anew."
        )
        return Exit.OUR_FAULT
    what = "was compiled before, and loaded" if done.was_warm else "was compiled and kept"
    say(f"The search {what} in {done.seconds:.1f} s: {done.folder}", quiet=quiet)
    return Exit.DONE
