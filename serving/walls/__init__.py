"""What a process gives up before it meets a stranger's model. Standard library and ctypes only."""
