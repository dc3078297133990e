output "tenants" {
  description = "Names that belong to each youth office."
  value       = local.tenants
}

output "hosts" {
  description = "Hosts for DNS; one wildcard certificate covers them."
  value       = concat(["portal.${var.base_domain}"], sort([for tenant in values(local.tenants) : tenant.host]))
}

output "certificate_name" {
  value = "*.${var.base_domain}"
}

output "onboarding_commands" {
  description = "What the operator runs once for each office."
  value       = [for kuerzel in sort(keys(local.tenants)) : "python manage.py onboard_tenant --kuerzel ${kuerzel}"]
}

output "database" {
  description = "Size and settings of the PostgreSQL server."
  value = {
    version     = 18
    cores       = local.cores
    memory_gb   = local.memory_gb
    disk_gb     = local.data_gb
    standby     = local.has_standby
    pooler      = local.use_pooler
    backup_days = var.retention_days_backup
    extensions  = ["btree_gist"]
    settings = {
      max_connections           = local.use_pooler ? 200 : max(100, local.connections)
      max_locks_per_transaction = local.max_locks
      shared_buffers            = "${local.shared_gb}GB"
      jit                       = "off"
      timezone                  = "UTC"
      password_encryption       = "scram-sha-256"
    }
  }
}

output "web" {
  value = {
    processes = local.web_processes
    threads   = local.web_threads
    workers   = local.worker_processes
    operator  = 1
  }
}

output "app_environment" {
  description = "Environment of web server and workers, without secrets."
  value = {
    SOJUS_ENV          = "production"
    SOJUS_BASE_DOMAIN  = var.base_domain
    SOJUS_BEHIND_PROXY = "1"
    WEB_WORKERS        = tostring(local.web_processes)
    WEB_THREADS        = tostring(local.web_threads)
  }
}
