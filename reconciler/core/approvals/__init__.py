"""What was approved: the record of a reviewed plan, lists of leaves, and what may be applied of a plan. Not the forge that holds
a record, nor who may approve.
"""
