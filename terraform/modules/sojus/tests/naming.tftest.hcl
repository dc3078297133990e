variables {
  base_domain = "jugendhilfe.example.de"
  tenants = {
    VG  = { ags = "13075", name = "Vorpommern-Greifswald", population = 235000 }
    HRO = { ags = "13003", name = "Rostock", population = 208000 }
  }
}

run "one_schema_role_host_and_bucket_for_each_office" {
  command = plan

  assert {
    condition     = output.tenants["VG"].schema == "vg" && output.tenants["VG"].role == "t_vg"
    error_message = "Schema and role must be the ones tenants/db/roles.py makes."
  }
  assert {
    condition     = output.tenants["HRO"].host == "hro.jugendhilfe.example.de"
    error_message = "The host is the Kuerzel below the base domain."
  }
  assert {
    condition     = length(distinct([for tenant in values(output.tenants) : tenant.files_bucket])) == 2
    error_message = "Two offices share a bucket."
  }
  assert {
    condition     = output.hosts == ["portal.jugendhilfe.example.de", "hro.jugendhilfe.example.de", "vg.jugendhilfe.example.de"]
    error_message = "The portal first, then the offices in order."
  }
}

run "staging_does_not_share_names_with_production" {
  command = plan
  variables { environment = "staging" }

  assert {
    condition     = output.tenants["VG"].files_bucket == "sojus-staging-files-vg"
    error_message = "Staging must not write into the bucket of production."
  }
  assert {
    condition     = !output.database.standby
    error_message = "Staging needs no standby."
  }
}

run "refuses_a_kuerzel_that_is_no_schema_name" {
  command = plan
  variables { tenants = { "vg; drop" = { ags = "13075", name = "x", population = 1 } } }
  expect_failures = [var.tenants]
}

run "refuses_the_portals_own_name" {
  command = plan
  variables { tenants = { PORTAL = { ags = "13075", name = "x", population = 1 } } }
  expect_failures = [var.tenants]
}

run "refuses_two_offices_with_one_ags" {
  command = plan
  variables {
    tenants = {
      VG = { ags = "13075", name = "x", population = 1 }
      VR = { ags = "13075", name = "y", population = 1 }
    }
  }
  expect_failures = [var.tenants]
}

run "refuses_a_domain_in_capitals" {
  command = plan
  variables { base_domain = "Jugendhilfe.example.de" }
  expect_failures = [var.base_domain]
}

run "refuses_backups_that_defeat_erasure" {
  command = plan
  variables { retention_days_backup = 3650 }
  expect_failures = [var.retention_days_backup]
}
