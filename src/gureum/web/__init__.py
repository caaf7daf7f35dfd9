"""What browsers and operators see: the console page and its websocket, the operator's API."""
