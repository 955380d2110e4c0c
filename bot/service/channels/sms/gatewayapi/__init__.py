"""GatewayAPI, a hosted gateway: outbound.py hands messages over, routes.py takes what it brings, signature.py knows it."""
