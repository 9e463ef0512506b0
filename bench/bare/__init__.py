"""The least that Django and REST framework can do: what newsdesk's figures stand beside. Not part of the product."""
