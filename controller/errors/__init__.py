"""What this package refuses, each with a stable code; how that looks over HTTP is the api's business."""
