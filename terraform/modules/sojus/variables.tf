variable "base_domain" {
  description = "Domain below which the portal and every youth office have their host."
  type        = string

  validation {
    condition     = can(regex("^([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z]{2,}$", var.base_domain))
    error_message = "base_domain must be a domain in lower case, such as jugendhilfe.example.de."
  }
}

variable "environment" {
  description = "production, or staging (smaller, no standby)."
  type        = string
  default     = "production"

  validation {
    condition     = contains(["production", "staging"], var.environment)
    error_message = "environment is production or staging."
  }
}

variable "tenants" {
  description = "Youth offices by Kuerzel, as on the car plates: VG = { ags, name, population }."
  type = map(object({
    ags        = string
    name       = string
    population = number
  }))

  validation {
    condition     = length(var.tenants) > 0
    error_message = "At least one youth office is needed."
  }
  validation {
    condition     = alltrue([for kuerzel in keys(var.tenants) : can(regex("^[A-Z][A-Z0-9]{1,30}$", kuerzel))])
    error_message = "A Kuerzel is two or more capital letters or digits, beginning with a letter."
  }
  validation {
    condition     = !contains(keys(var.tenants), "PORTAL") && !contains(keys(var.tenants), "PUBLIC")
    error_message = "PORTAL and PUBLIC are taken by the portal itself."
  }
  validation {
    condition     = alltrue([for tenant in values(var.tenants) : can(regex("^[0-9]{5}([0-9]{3})?$", tenant.ags))])
    error_message = "An AGS has 5 digits (district, independent city) or 8 (municipality)."
  }
  validation {
    condition     = length(distinct([for tenant in values(var.tenants) : tenant.ags])) == length(var.tenants)
    error_message = "Two youth offices have the same AGS."
  }
  validation {
    condition     = alltrue([for tenant in values(var.tenants) : tenant.population > 0])
    error_message = "A population is a positive number."
  }
}

variable "concurrent_users" {
  description = "Professionals working at the same time, all offices and providers together. Default: estimated from the population."
  type        = number
  default     = null

  validation {
    condition     = var.concurrent_users == null ? true : var.concurrent_users >= 1
    error_message = "concurrent_users is at least 1."
  }
}

variable "retention_days_backup" {
  description = "How long point-in-time recovery reaches back."
  type        = number
  default     = 35

  validation {
    condition     = var.retention_days_backup >= 7 && var.retention_days_backup <= 365
    error_message = "Backups are kept between 7 and 365 days: shorter is careless, longer defeats erasure."
  }
}
