package fakegoogle

import "slices"

// methods lists what is emulated. Paths, parameters, bodies and scopes are those
// of Google's discovery documents.
func (s *Server) methods() []method {
	return slices.Concat(s.directoryMethods(), s.securityMethods(), s.transferMethods(), s.mailMethods(), []method{
		{"iamcredentials.projects.serviceAccounts.signJwt", s.signJWT, nil},
		{"reports.activities.list", s.listActivities, []string{
			"actorIpAddress", "agentInfoFilter", "applicationInfoFilter", "deviceFilter", "groupIdFilter", "includeSensitiveData",
			"networkInfoFilter", "orgUnitID", "resourceDetailsFilter", "statusFilter",
		}},
	})
}

func (s *Server) directoryMethods() []method {
	return []method{
		{"directory.users.list", s.listUsers, []string{"customFieldMask", "event", "query"}},
		{"directory.users.get", s.getUser, []string{"customFieldMask"}},
		{"directory.users.insert", s.insertUser, nil},
		{"directory.users.update", s.updateUser, nil},
		{"directory.users.delete", s.deleteUser, nil},
		{"directory.users.undelete", s.undeleteUser, nil},
		{"directory.users.makeAdmin", s.makeAdmin, nil},
		{"directory.users.aliases.list", s.listUserAliases, []string{"event"}},
		{"directory.users.aliases.insert", s.insertUserAlias, nil},
		{"directory.users.aliases.delete", s.deleteUserAlias, nil},
		{"directory.groups.list", s.listGroups, []string{"query"}},
		{"directory.groups.get", s.getGroup, nil},
		{"directory.groups.insert", s.insertGroup, nil},
		{"directory.groups.aliases.insert", s.insertGroupAlias, nil},
		{"directory.members.list", s.listMembers, nil},
		{"directory.members.get", s.getMember, nil},
		{"directory.members.hasMember", s.hasMember, nil},
		{"directory.members.insert", s.insertMember, nil},
		{"directory.members.patch", s.patchMember, nil},
		{"directory.members.delete", s.deleteMember, nil},
		{"directory.orgunits.list", s.listOrgUnits, nil},
		{"directory.orgunits.get", s.getOrgUnit, nil},
		{"directory.roles.list", s.listRoles, nil},
		{"directory.roleAssignments.list", s.listRoleAssignments, nil},
		{"directory.roleAssignments.insert", s.insertRoleAssignment, nil},
		{"directory.roleAssignments.delete", s.deleteRoleAssignment, nil},
		{"directory.mobiledevices.list", s.listDevices, []string{"orderBy", "sortOrder"}},
		{"directory.mobiledevices.action", s.actOnDevice, nil},
	}
}

// securityMethods are those of the scope admin.directory.user.security.
func (s *Server) securityMethods() []method {
	return []method{
		{"directory.users.signOut", s.signOut, nil},
		{"directory.tokens.list", s.listTokens, nil},
		{"directory.tokens.get", s.getToken, nil},
		{"directory.tokens.delete", s.deleteToken, nil},
		{"directory.asps.list", s.listAsps, nil},
		{"directory.asps.get", s.getAsp, nil},
		{"directory.asps.delete", s.deleteAsp, nil},
		{"directory.verificationCodes.list", s.listCodes, nil},
		{"directory.verificationCodes.generate", s.generateCodes, nil},
		{"directory.verificationCodes.invalidate", s.invalidateCodes, nil},
		{"directory.twoStepVerification.turnOff", s.turnOffTwoStep, nil},
	}
}

func (s *Server) transferMethods() []method {
	return []method{
		{"datatransfer.applications.list", s.listApplications, nil},
		{"datatransfer.transfers.list", s.listTransfers, nil},
		{"datatransfer.transfers.get", s.getTransfer, nil},
		{"datatransfer.transfers.insert", s.insertTransfer, nil},
	}
}

func (s *Server) mailMethods() []method {
	return []method{
		{"gmail.users.settings.delegates.list", s.listDelegates, nil},
		{"gmail.users.settings.delegates.create", s.createDelegate, nil},
		{"gmail.users.settings.delegates.delete", s.deleteDelegate, nil},
		{"gmail.users.settings.forwardingAddresses.list", s.listForwarding, nil},
		{"gmail.users.settings.forwardingAddresses.create", s.createForwarding, nil},
		{"gmail.users.settings.getAutoForwarding", s.getForwarding, nil},
		{"gmail.users.settings.updateAutoForwarding", s.updateForwarding, nil},
		{"gmail.users.settings.getVacation", s.getVacation, nil},
		{"gmail.users.settings.updateVacation", s.updateVacation, nil},
		{"gmail.users.settings.getImap", s.getImap, nil},
		{"gmail.users.settings.updateImap", s.updateImap, nil},
		{"gmail.users.settings.getPop", s.getPop, nil},
		{"gmail.users.settings.updatePop", s.updatePop, nil},
	}
}
