"""What is a loudspeaker, and how do we talk to it?"""
