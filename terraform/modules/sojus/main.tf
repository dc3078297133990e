locals {
  is_production = var.environment == "production"
  prefix        = local.is_production ? "sojus" : "sojus-${var.environment}"

  # The same names the software gives (tenants/db/roles.py): one schema, one role, one host, one key prefix.
  tenants = {
    for kuerzel, tenant in var.tenants : kuerzel => merge(tenant, {
      schema        = lower(kuerzel)
      role          = "t_${lower(kuerzel)}"
      host          = "${lower(kuerzel)}.${var.base_domain}"
      files_bucket  = "${local.prefix}-files-${lower(kuerzel)}"
      encryption_id = "${local.prefix}-key-${lower(kuerzel)}"
    })
  }
  population   = sum([for tenant in values(var.tenants) : tenant.population])
  tenant_count = length(var.tenants)

  # One professional at work for about 4,000 inhabitants (offices and providers together).
  users = coalesce(var.concurrent_users, max(20, ceil(local.population / 4000)))

  # A working person asks every 10 seconds; a web process of 8 threads was measured at 60 to 140 answers a
  # second, of which a quarter is planned for.
  web_processes    = max(2, ceil(local.users / 10 / 15))
  web_threads      = 8
  worker_processes = max(1, ceil(local.tenant_count / 100))

  # Each thread may hold a connection; workers, operator and monitoring come on top.
  connections = local.web_processes * local.web_threads + local.worker_processes * 6 + 30

  # Measured: 0.6 MB for each tenant a backend has seen, 330 MB after all of Germany; 12 MB to begin with.
  backend_mb  = ceil(12 + min(330, 0.6 * local.tenant_count))
  backends_gb = local.connections * local.backend_mb / 1024

  # Measured: the whole nation (552 offices, 83 million people) is 3.4 GB of rows; ten years, indexes, audit.
  data_gb     = max(20, ceil(3.4 * local.population / 83000000 * 10 * 4) + 20)
  memory_gb   = max(4, ceil(local.backends_gb + local.data_gb / 8 + 2))
  shared_gb   = max(1, floor(local.memory_gb / 4))
  max_locks   = max(256, local.tenant_count)
  cores       = max(2, ceil(local.web_processes / 2))
  has_standby = local.is_production
  use_pooler  = local.connections > 200
}
