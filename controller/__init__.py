"""What does the village say, and was it heard?"""
