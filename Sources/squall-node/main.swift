print("squall-node")
