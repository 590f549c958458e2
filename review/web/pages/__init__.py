"""The pages of the desk, found by file name: one module, one template of the same name, one test."""
