variables {
  base_domain = "jugendhilfe.example.de"
}

run "one_office_gets_the_smallest_machine" {
  command = plan
  variables { tenants = { VG = { ags = "13075", name = "Vorpommern-Greifswald", population = 235000 } } }

  assert {
    condition     = output.web.processes == 2 && output.database.cores == 2 && output.database.memory_gb <= 8
    error_message = "One office must run on a small machine."
  }
  assert {
    condition     = output.database.settings.max_locks_per_transaction == 256 && output.database.settings.jit == "off"
    error_message = "The settings the software was measured with."
  }
}

run "the_whole_nation_fits_on_one_node_behind_a_pooler" {
  command = plan
  variables {
    tenants = { for number in range(552) : "T${number}" => { ags = format("%05d", number), name = "Amt ${number}", population = 150000 } }
  }

  assert {
    condition     = output.database.pooler && output.database.settings.max_connections == 200
    error_message = "So many connections need a pooler."
  }
  assert {
    condition     = output.database.settings.max_locks_per_transaction == 552
    error_message = "A dump or a migration over all tenants takes a lock in each."
  }
  assert {
    condition     = output.database.memory_gb <= 512 && output.database.disk_gb >= 100
    error_message = "Still one node, with room for ten years."
  }
}

run "more_people_at_work_get_more_processes" {
  command = plan
  variables {
    tenants          = { VG = { ags = "13075", name = "x", population = 235000 } }
    concurrent_users = 900
  }

  assert {
    condition     = output.web.processes == 6 && output.app_environment.WEB_WORKERS == "6"
    error_message = "900 people, one question in 10 seconds, 15 answers planned per process."
  }
}
