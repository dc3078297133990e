# Population on 31.12.2024, as in the reference data the software loads.
locals {
  offices = {
    VG   = { ags = "13075", name = "Landkreis Vorpommern-Greifswald", population = 224956 }
    HRO  = { ags = "13003", name = "Hanse- und Universitätsstadt Rostock", population = 205307 }
    LHSN = { ags = "13004", name = "Landeshauptstadt Schwerin", population = 98308 }
    LUP  = { ags = "13076", name = "Landkreis Ludwigslust-Parchim", population = 208092 }
    NWM  = { ags = "13074", name = "Landkreis Nordwestmecklenburg", population = 156692 }
    LRO  = { ags = "13072", name = "Landkreis Rostock", population = 218721 }
    VR   = { ags = "13073", name = "Landkreis Vorpommern-Rügen", population = 215203 }
    MSE  = { ags = "13071", name = "Landkreis Mecklenburgische Seenplatte", population = 246318 }
  }
}
