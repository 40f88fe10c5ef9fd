from django.urls import path

from foundation.accounts import import_views, people_views, views
from foundation.accounts.trail import views as trail_views

app_name = "accounts"
urlpatterns = [
    path("accounts/login/", views.login, name="login"),
    path("accounts/logout/", views.logout, name="logout"),
    path("accounts/signed-out/", views.signed_out, name="signed_out"),
    path("accounts/password/", views.password_change, name="password_change"),
    path("accounts/me/", views.profile, name="profile"),
    path("accounts/keepalive/", views.keepalive, name="keepalive"),
    path("accounts/sign-ins/", trail_views.sign_ins, name="sign_ins"),
    path("accounts/users/", people_views.users, name="users"),
    path("accounts/users/new/", people_views.user_create, name="user_create"),
    path("accounts/users/import/", import_views.user_import, name="user_import"),
    path("accounts/users/passwords/", people_views.one_time_passwords, name="one_time_passwords"),
    path("accounts/users/<int:pk>/", people_views.user_edit, name="user_edit"),
    path("accounts/users/<int:pk>/reset/", people_views.user_reset, name="user_reset"),
    path("accounts/users/<int:pk>/unlock/", people_views.user_unlock, name="user_unlock"),
    path(
        "accounts/users/<int:pk>/memberships/new/",
        people_views.membership_create,
        name="membership_create",
    ),
    path("accounts/memberships/<int:pk>/", people_views.membership_edit, name="membership_edit"),
    path("accounts/departments/", people_views.departments, name="departments"),
    path("accounts/departments/new/", people_views.department_create, name="department_create"),
    path("accounts/departments/import/", import_views.department_import, name="department_import"),
    path("accounts/departments/<int:pk>/", people_views.department_edit, name="department_edit"),
]
