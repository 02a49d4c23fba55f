"""What all servers share where they are put together: their ports. Each server itself is a module or a folder beside this one."""
