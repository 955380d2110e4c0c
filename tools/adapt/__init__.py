"""Adapts the embedding to Danish answers: trains its biases, norms and scales on nlu_data (`make adapt`)."""
