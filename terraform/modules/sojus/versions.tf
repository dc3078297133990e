terraform {
  # No provider: this module computes names and sizes. Whatever cloud or hypervisor you have is in the
  # thin layer that calls it (see ../../example).
  required_version = ">= 1.6"
}
