#include "refusal.hpp"
#include "routes.hpp"

namespace pylon
{

namespace
{

reply add_org(const service &service, const request &asked)
{
	asked.must_be_session();
	fields body = asked.body();
	const auto name = body.required("name");
	body.finish();
	return {service.orgs.add(name, asked.who.user)};
}

reply list_orgs(const service &service, const request &asked)
{
	asked.must_be_session();
	return {service.orgs.list(asked.who.user)};
}

reply set_role(const service &service, const request &asked)
{
	asked.must_be_session();
	fields body = asked.body();
	const auto role = body.required("role");
	body.finish();
	service.orgs.set_role(asked.part(1), asked.who.user, asked.part(2),
			      role);
	return {{{"org_id", asked.part(1)},
		 {"user_id", asked.part(2)},
		 {"role", role}}};
}

reply remove_member(const service &service, const request &asked)
{
	asked.must_be_session();
	service.orgs.remove(asked.part(1), asked.who.user, asked.part(2));
	return {{{"removed", true}}};
}

/// Switches the session's tenant; null leaves it.
reply select_org(const service &service, const request &asked)
{
	asked.must_be_session();
	fields body = asked.body();
	if (!body.has("orgId"))
		throw bad_document("orgId is missing; null leaves the tenant");
	const auto org = body.text("orgId");
	body.finish();
	if (!service.sessions.select(asked.who, org))
		throw refusal(403, "NOT_A_MEMBER",
			      "You aren't a member of this organization");
	return {{{"tenantId", or_null(org)}}};
}

} // namespace

void add_org_routes(router &routes)
{
	const std::string orgs = "/api/auth/orgs";
	const std::string member =
		orgs + "/(org_[0-9a-f]{24})/members/(usr_[0-9a-f]{24})";
	routes.post(orgs, add_org);
	routes.get(orgs, list_orgs);
	routes.put(member, set_role);
	routes.remove(member, remove_member);
	routes.post("/api/auth/select-org", select_org);
}

} // namespace pylon
