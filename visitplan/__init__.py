"""visitplan: coordinated home visits, planned and checked."""
