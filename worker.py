"""Our own worker: the plugin's first user. `python worker.py`, configured by TIEOUT_… variables."""

from tieout.cli import run_worker_and_exit

if __name__ == "__main__":
    run_worker_and_exit()
