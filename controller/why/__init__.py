"""Why did a speaker sound at an instant, or why did it not?"""
