"""What shoppers do at a shop and at the practice Amazon. The contract offers none of it,
but for orders and charges.
"""
