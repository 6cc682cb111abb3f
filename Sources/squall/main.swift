import Commands

Squall.start()
