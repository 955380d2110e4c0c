"""Adapts the embedding to Danish answers: trains its biases and norms on nlu_data (`make adapt`)."""
