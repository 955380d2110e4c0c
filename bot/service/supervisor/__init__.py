"""The development run: engine, service and worker as children of one process, which ends them with itself.

Production runs the three processes apart, under the machine's own service manager; nothing here is used there.
"""
