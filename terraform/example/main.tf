# The eight youth offices of Mecklenburg-Vorpommern. No provider: `terraform apply` only shows names and sizes.
# Your own layer takes these outputs and creates DNS records, machines, buckets and keys from them.
terraform {
  required_version = ">= 1.6"
}

module "sojus" {
  source      = "../modules/sojus"
  base_domain = "jugendhilfe.example.de"
  tenants     = local.offices
}

output "hosts" {
  value = module.sojus.hosts
}

output "database" {
  value = module.sojus.database
}

output "web" {
  value = module.sojus.web
}

output "onboarding_commands" {
  value = module.sojus.onboarding_commands
}
