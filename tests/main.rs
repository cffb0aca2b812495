mod private_servers;
