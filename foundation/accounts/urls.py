from django.urls import path

from foundation.accounts import views

app_name = "accounts"
urlpatterns = [
    path("accounts/login/", views.login, name="login"),
    path("accounts/logout/", views.logout, name="logout"),
    path("accounts/password/", views.password_change, name="password_change"),
    path("accounts/me/", views.profile, name="profile"),
    path("accounts/keepalive/", views.keepalive, name="keepalive"),
    path("accounts/users/", views.users, name="users"),
    path("accounts/users/new/", views.user_create, name="user_create"),
    path("accounts/users/import/", views.user_import, name="user_import"),
    path("accounts/users/passwords/", views.one_time_passwords, name="one_time_passwords"),
    path("accounts/users/<int:pk>/", views.user_edit, name="user_edit"),
    path("accounts/users/<int:pk>/reset/", views.user_reset, name="user_reset"),
    path(
        "accounts/users/<int:pk>/memberships/new/",
        views.membership_create,
        name="membership_create",
    ),
    path("accounts/memberships/<int:pk>/", views.membership_edit, name="membership_edit"),
    path("accounts/departments/", views.departments, name="departments"),
    path("accounts/departments/new/", views.department_create, name="department_create"),
    path("accounts/departments/<int:pk>/", views.department_edit, name="department_edit"),
]
