"""Labels messages without a running service: reading them, asking the trained model, what the assistant makes of it.

Runs in the engine's environment (Python 3.10). tools/label.py is the command, tools/evaluate measures with it.
"""
