# checked: the drift of all shops was checked, and is in the store.
reconciler drift > /dev/null || [ $? = 2 ]
