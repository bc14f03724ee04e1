// SPDX-License-Identifier: Apache-2.0
#include <zooid/interface.hpp>

#include <exception>
#include <string>

namespace zooid::detail {

error describe_thrown(std::string_view method, const context& in) {
  const std::string what = std::string(method) + " of " + in.name() + " threw";
  try {
    throw;
  } catch (const call_error&) {
    throw;
  } catch (const std::exception& why) {
    return {errc::failed, what + ": " + why.what(), {}};
  } catch (...) {
    return {errc::failed, what, {}};
  }
}

}  // namespace zooid::detail
