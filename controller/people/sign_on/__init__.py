"""Single sign-on: an OpenID provider vouches for people (OpenID Connect, authorization code with PKCE)."""
