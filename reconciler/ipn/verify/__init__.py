"""Pure checks of a message: is it genuine, complete, and for this shop? No network, no storage, no clock."""
